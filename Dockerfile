# One static file in an empty image: nothing else to update, nothing else to attack.
#
#   docker build --tag uptime-tracker .
#   docker run --detach --name uptime-tracker --read-only --cap-drop ALL \
#     --publish 127.0.0.1:3000:3000 --volume uptime-tracker:/data uptime-tracker

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends musl-tools && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The tool chain file names the targets; a layer of its own, so that a change of code does not install it again.
COPY rust-toolchain.toml ./
RUN rustup show && rustup target add "$(uname -m)-unknown-linux-musl"
COPY . .
RUN cargo xtask build --target "$(uname -m)-unknown-linux-musl" \
 && install -D "target/$(uname -m)-unknown-linux-musl/release/uptime-tracker" /image/uptime-tracker \
 && install -d -o 65532 -g 65532 -m 0700 /image/data /image/tmp

FROM scratch
COPY --from=build --chown=65532:65532 /image/ /
USER 65532:65532
# Inside a container only what is published reaches it; publish to 127.0.0.1 and put a proxy that speaks HTTPS before it.
ENV UPTIME_LISTEN=0.0.0.0:3000 UPTIME_OPEN_TO_NETWORK=true UPTIME_DATA_DIR=/data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=6s --start-period=10s CMD ["/uptime-tracker", "healthcheck"]
ENTRYPOINT ["/uptime-tracker"]
CMD ["serve"]
