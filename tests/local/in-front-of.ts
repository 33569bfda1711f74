/** A door in front of a service that answers some requests itself, as the service does not on a good day. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { listen, type Listening } from "../../local/http.ts";

/** @param answers whether it has answered; all else is handed on */
export function inFrontOf(
  service: string,
  answers: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<Listening> {
  return listen(async (request, response) => {
    if (answers(request, response)) return void request.resume();
    const { method, headers, url = "/" } = request;
    const onward = http.request(service + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
}
