// What a host is told of resources that are not as they should be.

/** Two resources of one name. */
export interface ResourceCollision {
  resourceType: "extension" | "skill" | "prompt" | "theme";
  name: string;
  /** The file that keeps the name. */
  winnerPath: string;
  /** The file that is left out. */
  loserPath: string;
  winnerSource?: string;
  loserSource?: string;
}

/** A remark on a resource. */
export interface ResourceDiagnostic {
  type: "warning" | "error" | "collision";
  message: string;
  path?: string;
  collision?: ResourceCollision;
}
