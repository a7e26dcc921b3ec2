//! Names of rows. None is used again while the program runs, also when its row has gone.

/// Declares the id of a table's rows.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(super) i64);

        impl $name {
            /// The id as a number, for a button.
            pub fn to_i64(self) -> i64 {
                self.0
            }

            /// The id of such a number, whose row need not be there.
            pub fn from_i64(raw: i64) -> Self {
                Self(raw)
            }
        }
    };
}

id! {
    /// Names a schedule.
    ScheduleId
}
id! {
    /// Names a watch.
    WatchId
}
id! {
    /// Names an upload.
    UploadId
}
