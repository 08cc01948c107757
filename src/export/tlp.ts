/** Traffic Light Protocol: with whom a file may be shared. */
export const TLP = ['clear', 'green', 'amber', 'red'] as const
export type Tlp = (typeof TLP)[number]
/** Where nobody chose: the receiver's organisation and its clients, who need to know. */
export const TLP_DEFAULT: Tlp = 'amber'
