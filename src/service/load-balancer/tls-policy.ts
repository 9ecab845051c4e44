/** Which versions and ciphers of TLS a load balancer speaks. Weaker ones than these are not offered. */
export enum TlsPolicy {
  /** TLS 1.3, and 1.2 with ciphers that have forward secrecy and authenticate what they encrypt. */
  TLS_1_2_AND_1_3 = 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
  /** TLS 1.3 alone: clients from before about 2018 can't connect. */
  TLS_1_3 = 'ELBSecurityPolicy-TLS13-1-3-2021-06',
  /** TLS 1.3 and 1.2 as above, with key exchange that quantum computers can't undo where the client has it. */
  TLS_1_2_AND_1_3_POST_QUANTUM = 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
  /** TLS 1.3 alone, with key exchange that quantum computers can't undo where the client has it. */
  TLS_1_3_POST_QUANTUM = 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09',
  /** TLS 1.3 and 1.2 as above, by cryptography validated to FIPS 140. */
  TLS_1_2_AND_1_3_FIPS = 'ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04',
  /** TLS 1.3 alone, by cryptography validated to FIPS 140. */
  TLS_1_3_FIPS = 'ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04',
}
