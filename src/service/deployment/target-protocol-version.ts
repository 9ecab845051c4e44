/** Version of the protocol in which a load balancer sends requests to tasks. */
export enum TargetProtocolVersion {
  /** HTTP/1.1, whatever the client speaks. */
  HTTP1 = 'HTTP1',
  /** HTTP/2. Without TLS, the application must accept it with prior knowledge (h2c). */
  HTTP2 = 'HTTP2',
  /** The gRPC protocol, over HTTP/2. Its clients connect by HTTPS. */
  GRPC = 'GRPC',
}
