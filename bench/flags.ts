/** As the container starts a worker (worker/Dockerfile). */
export const WORKER_FLAGS = ["--max-semi-space-size=16"];
