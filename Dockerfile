# Builds with the network, runs without it, as an ordinary user on a read-only file system:
#   docker build -t waywarden .
#   docker run --rm --read-only --tmpfs /tmp -v "$PWD/logs:/logs:ro" waywarden replay /logs/drive.mcap
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY bench bench
RUN node node_modules/typescript/bin/tsc -p tsconfig.build.json \
  && npm prune --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/onnxruntime-node/bin/napi-v*/darwin \
            node_modules/onnxruntime-node/bin/napi-v*/win32

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY package.json README.md CHANGELOG.md LICENSE ./
COPY bin/waywarden.mjs bin/waywarden.mjs
COPY schemas schemas
COPY assets assets
COPY models models
USER node
ENTRYPOINT ["node", "bin/waywarden.mjs"]
CMD ["--help"]
