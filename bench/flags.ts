/** As the container starts a worker (worker/Dockerfile). */
export const WORKER_FLAGS = (process.env.WF ?? "--max-semi-space-size=16").split(" ");
