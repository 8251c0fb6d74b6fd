import { createServer, type Server } from "node:http";
import { ConfigError } from "../contract/errors.ts";

export type HealthAnswer = {
  readonly healthy: boolean;
  /** Goes out as JSON. */
  readonly report: object;
};

export type StatusServerOptions = {
  readonly address: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly health: () => HealthAnswer;
};

/** /metrics and /healthz for this machine; nothing that comes in here changes anything. */
export class StatusServer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** @throws ConfigError HTTP_PORT when the port is taken or not allowed. */
  static async open(options: StatusServerOptions): Promise<StatusServer> {
    const { address, port, metrics, health } = options;
    const server = createServer((request, response) => {
      const path = (request.url ?? "").split("?")[0];
      const answer = (status: number, type: string, text: string) =>
        response.writeHead(status, { "content-type": type }).end(text);
      if (request.method !== "GET" && request.method !== "HEAD")
        return answer(405, "text/plain", "GET expected\n");
      if (path === "/healthz") {
        const { healthy, report } = health();
        return answer(healthy ? 200 : 503, "application/json", `${JSON.stringify(report)}\n`);
      }
      if (path !== "/metrics") return answer(404, "text/plain", "/metrics or /healthz expected\n");
      return metrics.text().then(
        (text) => answer(200, metrics.contentType, text),
        (error: unknown) => answer(500, "text/plain", `${String(error)}\n`),
      );
    });
    await listen(server, address, port);
    const bound = server.address();
    const boundPort = typeof bound === "object" && bound ? bound.port : port;
    const host = address.includes(":") ? `[${address}]` : address;
    return new StatusServer(server, `http://${host}:${boundPort}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const found = cause.code === "EADDRINUSE" ? "it taken by another program" : cause.message;
      reject(
        new ConfigError(
          "HTTP_PORT",
          `${address}:${port}: a free port for metrics and health expected, found ${found}; host.http.port of the configuration names another`,
          { cause },
        ),
      );
    });
    server.listen(port, address, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}
