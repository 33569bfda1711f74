/**
 * For the request handler of S3's client: an object that is open holds a connection until it is read, and those that wait for
 * their turn must not keep out what has to be written first.
 */
export const CONNECTIONS = { httpAgent: { maxSockets: Infinity }, httpsAgent: { maxSockets: Infinity } };
