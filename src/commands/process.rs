//! Settings of the whole process: the heaps of the C library and the mode of new files.

/// Makes all threads share one heap of the C library, and returns large buffers to the system at
/// once. By default, glibc gives each thread a heap that it never returns, and every update of the
/// index starts threads.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "no safe interface sets the options of the C library's heap")]
pub fn limit_heaps() {
    let options = [
        (libc::M_ARENA_MAX, 1),
        (libc::M_MMAP_THRESHOLD, LARGE_BUFFER_BYTES),
        (libc::M_TRIM_THRESHOLD, MAX_UNUSED_BYTES),
    ];
    for (option, value) in options {
        // SAFETY: the call sets a number of the allocator before a second thread exists. Its result
        // says only whether the number was set. If it was not, the program needs more memory.
        let _ = unsafe { libc::mallopt(option, value) };
    }
}

/// Minimum size of a buffer with pages of its own, in bytes: the size of the blocks in which
/// Tantivy collects postings.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE_BUFFER_BYTES: i32 = 1 << 20;
/// Maximum of unused memory at the end of the heap, in bytes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const MAX_UNUSED_BYTES: i32 = 4 << 20;

/// Does nothing: other C libraries do not give each thread a heap.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn limit_heaps() {}

/// Denies other users access to every file and directory that this process creates from now on.
pub fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}
