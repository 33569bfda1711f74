/**
 * For the S3 client's request handler: an open object holds a connection until it is read, and objects that wait their turn must
 * not block writes that have to come first.
 */
export const CONNECTIONS = { httpAgent: { maxSockets: Infinity }, httpsAgent: { maxSockets: Infinity } };
