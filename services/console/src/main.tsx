import "./early";
import "./tokens.css";
import "./base.css";
import { render } from "preact";
import { App } from "./app";

const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no #app");
render(<App />, place);
