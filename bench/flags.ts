/** As the container starts a worker (worker/Dockerfile). */
export const WORKER_FLAGS = (process.env.WF ?? "--optimize-for-size --max-semi-space-size=8").split(" ");
