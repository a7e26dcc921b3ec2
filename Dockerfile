# syntax=docker/dockerfile:1
FROM rust:1.95-slim-bookworm AS build
WORKDIR /verbatim
COPY Cargo.toml Cargo.lock ./
COPY src ./src
# Cargo requires the files of every target in the manifest, also of those that it does not build.
COPY benches ./benches
RUN cargo build --release --locked --bin verbatim \
    && mkdir -p /root-of-image/data /root-of-image/corpus

# The image has a C library and certificates, but no shell and no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build --chown=65532:65532 /root-of-image/ /
COPY --from=build /verbatim/target/release/verbatim /usr/local/bin/verbatim
# The file has the defaults; another file can be mounted over it.
COPY --chmod=644 config/verbatim.toml /etc/verbatim/verbatim.toml
WORKDIR /data
USER 65532:65532
VOLUME ["/data", "/corpus"]
STOPSIGNAL SIGTERM
# The first indexing of a large archive takes minutes, and the bot has no monitor in that time.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m --retries=3 \
    CMD ["/usr/local/bin/verbatim", "--config", "/etc/verbatim/verbatim.toml", "--data", "/data", "health"]
ENTRYPOINT ["/usr/local/bin/verbatim", "--config", "/etc/verbatim/verbatim.toml", "--corpus", "/corpus", "--data", "/data"]
CMD ["serve"]
