# API and worker in one image; docker-compose.yml says which of them a container runs.
FROM node:20.20.2-bookworm-slim AS build
WORKDIR /vivarium
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --include=dev
COPY . .
RUN npm run build

FROM node:20.20.2-bookworm-slim AS dependencies
WORKDIR /vivarium
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --omit=dev

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production
WORKDIR /vivarium
COPY --from=dependencies /vivarium/node_modules node_modules
COPY --from=build /vivarium/dist dist
COPY package.json ./
USER node
EXPOSE 8080
CMD ["node", "--enable-source-maps", "dist/api/main.js"]
