# Two images of the same code: `platform` for the API, the orchestrator and migrations, `worker` with a Chromium and fonts,
# 360 MB more, for campaigns that render pages. The command says which process it is (see docker-compose.yml). The build
# stage keeps the whole toolchain; the others hold built code and production dependencies only.

FROM node:20-bookworm-slim AS build
WORKDIR /app
ENV CI=1 DO_NOT_TRACK=1 TURBO_TELEMETRY_DISABLED=1
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
COPY packages ./packages
COPY tests/package.json ./tests/
COPY bench/package.json ./bench/
COPY scripts ./scripts
COPY tsconfig.json turbo.json ./
RUN node scripts/setup.mjs
# Installed anew rather than pruned in place: pnpm's prune does not reach into a workspace's packages.
# Without optional dependencies, which are the embedded PostgreSQL's binaries: here PostgreSQL is a service.
RUN rm -rf node_modules packages/*/node_modules tests/node_modules bench/node_modules \
  && npx --yes "$(node -p "require('./package.json').packageManager")" install \
    --frozen-lockfile --prod --no-optional --filter './packages/*' \
  && rm -rf packages/*/src packages/*/.turbo packages/oracle

FROM node:20-bookworm-slim AS platform
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node /var/lib/outrider
WORKDIR /app
ENV NODE_ENV=production OUTRIDER_HOST=0.0.0.0 OUTRIDER_DATA_DIR=/var/lib/outrider MALLOC_ARENA_MAX=2
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/packages ./packages
COPY drizzle ./drizzle
USER node
# Node.js as PID 1 neither reaps orphans nor has default signal actions.
ENTRYPOINT ["tini", "--"]
CMD ["node", "packages/api/dist/process.js"]

FROM platform AS worker
USER root
# From Debian's security updates: build again to have the latest. Its fonts are what rendered pages are drawn with.
RUN apt-get update \
  && apt-get install -y --no-install-recommends chromium-headless-shell fonts-liberation fonts-noto-core fonts-noto-cjk \
  && rm -rf /var/lib/apt/lists/*
USER node
CMD ["node", "--max-semi-space-size=4", "--no-parallel-scavenge", "packages/crawler/dist/process.js"]
