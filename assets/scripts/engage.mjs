// Progressive enhancement only: every page works without this file.

import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs"
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs"
import { ServiceNavigation } from "govuk-frontend/dist/govuk/components/service-navigation/service-navigation.mjs"

document.body.classList.add("js-enabled", "govuk-frontend-supported")

for (const Component of [Button, ErrorSummary, ServiceNavigation]) {
  for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    new Component(element)
  }
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false
  button.addEventListener("click", () => window.print())
}
