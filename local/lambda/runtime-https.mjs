/**
 * CloudFormation's response URL is https on AWS and plain http here. Providers of custom resources often call `https.request`
 * with the URL's host and path, whatever its protocol; such calls go to the local URL instead.
 */
import http from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import { urlToHttpOptions } from "node:url";

const requestByHttps = https.request;

/** @param {string} responseUrl the `ResponseURL` of the current event */
export function answerOverPlainHttp(responseUrl) {
  const { protocol, hostname, port } = new URL(responseUrl);
  if (protocol !== "http:") return;
  https.request = (...args) => {
    const options = optionsOf(args);
    const host = options.hostname ?? options.host;
    if (host !== hostname) return requestByHttps(...args);
    const plain = { ...options, hostname, host: hostname, port, protocol: "http:", agent: undefined };
    return http.request(
      plain,
      args.find((argument) => typeof argument === "function"),
    );
  };
  syncBuiltinESMExports();
}

function optionsOf([first, second]) {
  const fromUrl = typeof first === "string" || first instanceof URL ? urlToHttpOptions(new URL(first)) : first;
  return typeof second === "object" ? { ...fromUrl, ...second } : fromUrl;
}
