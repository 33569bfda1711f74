/** As the container starts a worker (worker/Dockerfile). */
export const WORKER_FLAGS = ["--optimize-for-size", "--max-semi-space-size=8"];
