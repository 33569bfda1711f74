/** A proxy in front of a service that answers some requests itself, with failures for instance. */
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import { listen, type Listening } from "../../local/http.ts";

/** @param answers returns whether it has answered; everything else is forwarded */
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
