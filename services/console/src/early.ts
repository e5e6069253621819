/** What comes before the application: small, so that the page of the address and who is
 * signed in are on their way while the application is. */
import { routeOf } from "./routes";
import { askEarly } from "./session/early";

askEarly();
// What fails here is tried again, and told, when the page is shown.
routeOf(location.pathname)
  ?.page()
  .catch(() => undefined);
