# syntax=docker/dockerfile:1
FROM rust:1.95-slim-bookworm AS build
WORKDIR /verbatim
COPY Cargo.toml Cargo.lock ./
COPY src ./src
# Cargo wants to see every target, also those that it does not build.
COPY benches ./benches
RUN cargo build --release --locked --bin verbatim \
    && mkdir -p /root-of-image/data /root-of-image/corpus

# A C library and certificates; no shell, no package manager.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build --chown=65532:65532 /root-of-image/ /
COPY --from=build /verbatim/target/release/verbatim /usr/local/bin/verbatim
# The defaults; another file can be mounted over it.
COPY --chmod=644 config/verbatim.toml /etc/verbatim/verbatim.toml
WORKDIR /data
USER 65532:65532
VOLUME ["/data", "/corpus"]
STOPSIGNAL SIGTERM
# The first indexing of a large archive takes some minutes, and a bot that indexes cannot be asked.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m --retries=3 \
    CMD ["/usr/local/bin/verbatim", "--config", "/etc/verbatim/verbatim.toml", "--data", "/data", "health"]
ENTRYPOINT ["/usr/local/bin/verbatim", "--config", "/etc/verbatim/verbatim.toml", "--corpus", "/corpus", "--data", "/data"]
CMD ["serve"]
