/** TLS versions and ciphers of a load balancer. AWS's weaker policies are not supported. */
export enum TlsPolicy {
  /** TLS 1.3, and TLS 1.2 with AEAD ciphers that have forward secrecy. */
  TLS_1_2_AND_1_3 = 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
  /** TLS 1.3 only. Clients from before about 2018 can't connect. */
  TLS_1_3 = 'ELBSecurityPolicy-TLS13-1-3-2021-06',
  /** TLS 1.3 and 1.2 as `TLS_1_2_AND_1_3`, with post-quantum key exchange for clients that support it. */
  TLS_1_2_AND_1_3_POST_QUANTUM = 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
  /** TLS 1.3 only, with post-quantum key exchange for clients that support it. */
  TLS_1_3_POST_QUANTUM = 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09',
  /** TLS 1.3 and 1.2 as `TLS_1_2_AND_1_3`, with cryptography that is validated to FIPS 140. */
  TLS_1_2_AND_1_3_FIPS = 'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04',
  /** TLS 1.3 only, with cryptography that is validated to FIPS 140. */
  TLS_1_3_FIPS = 'ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04',
}
