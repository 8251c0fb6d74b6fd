# Builds with the network, runs without it, as an ordinary user on a read-only file system, for
# linux/amd64 and linux/arm64 (docker buildx build --platform linux/amd64,linux/arm64):
#   docker build -t waywarden .
#   docker run --rm --read-only --tmpfs /tmp -v "$PWD/logs:/logs:ro" waywarden replay /logs/drive.mcap
#   docker run --rm --read-only --tmpfs /tmp --network host -v waywarden-keys:/var/lib/waywarden \
#     waywarden drive --quiet
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY bench bench
# Only the libraries of this platform stay: the others are half of the image.
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json \
  && npm prune --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/onnxruntime-node/bin/napi-v*/darwin \
            node_modules/onnxruntime-node/bin/napi-v*/win32 \
  && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 -type d \
       ! -name "$(node -p process.arch)" -exec rm -rf {} + \
  && mkdir -p /var/lib/waywarden && chown node:node /var/lib/waywarden

FROM node:20-bookworm-slim
ENV NODE_ENV=production XDG_CONFIG_HOME=/var/lib
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY --from=build --chown=node:node /var/lib/waywarden /var/lib/waywarden
COPY package.json README.md CHANGELOG.md LICENSE ./
COPY bin/waywarden.mjs bin/waywarden.mjs
COPY schemas schemas
COPY assets assets
COPY models models
COPY scenarios scenarios
USER node
VOLUME /var/lib/waywarden
# For `drive`: unhealthy when the last decision is too old. Run a replay with --no-healthcheck.
HEALTHCHECK --interval=2s --timeout=2s --start-period=15s --retries=2 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--single-threaded-gc", "--always-sparkplug", "bin/waywarden.mjs"]
CMD ["--help"]
