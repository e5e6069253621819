import type { Schemas } from "../../api/client";

export type Role = Schemas["MemberOut"]["role"];
export const ROLES: Role[] = ["owner", "member", "viewer"];
