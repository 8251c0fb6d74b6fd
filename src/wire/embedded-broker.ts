import { createServer, type Server, type Socket } from "node:net";
import type { Aedes } from "aedes";
import { WireError } from "../contract/errors.ts";

const HOST = "127.0.0.1";
export const MQTT_PORT = 1883;

/** An MQTT 3.1.1 broker inside this process, for this machine only. */
export class EmbeddedBroker {
  readonly port: number;
  /** Set when the port that was asked for belongs to somebody else. */
  readonly takenPort: number | undefined;
  readonly #aedes: Aedes;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(
    port: number,
    takenPort: number | undefined,
    parts: { aedes: Aedes; server: Server; sockets: Set<Socket> },
  ) {
    this.port = port;
    this.takenPort = takenPort;
    this.#aedes = parts.aedes;
    this.#server = parts.server;
    this.#sockets = parts.sockets;
  }

  /**
   * Listens on `port`, or on a free one when it is taken.
   * @throws WireError WIRE_BROKER_START
   */
  static async start(port = MQTT_PORT): Promise<EmbeddedBroker> {
    // Loaded by those who run a broker only.
    const { Aedes } = await import("aedes");
    const aedes = await Aedes.createBroker();
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("close", () => sockets.delete(socket));
      aedes.handle(socket);
    });
    try {
      const taken = (await listen(server, port)) === "taken";
      if (taken) await listen(server, 0);
      const address = server.address();
      if (!address || typeof address === "string") throw new Error("no TCP address");
      return new EmbeddedBroker(address.port, taken ? port : undefined, {
        aedes,
        server,
        sockets,
      });
    } catch (cause) {
      aedes.close();
      throw new WireError(
        "WIRE_BROKER_START",
        `${HOST}:${port}: a port to listen on expected, found ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
  }

  get url(): string {
    return `mqtt://${HOST}:${this.port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function listen(server: Server, port: number): Promise<"listening" | "taken"> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off("listening", onListening);
      if (error.code === "EADDRINUSE" && port !== 0) resolve("taken");
      else reject(error);
    };
    const onListening = () => {
      server.off("error", onError);
      resolve("listening");
    };
    server.once("error", onError).once("listening", onListening);
    server.listen(port, HOST);
  });
}
