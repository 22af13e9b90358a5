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

// Typing in what stands on paper: 1 selects the first answer, 2 the second, and goes on to the next question.
for (const form of document.querySelectorAll("form[data-quick]")) {
  form.addEventListener("keydown", (event) => {
    if (event.target.type !== "radio" || !/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return
    const fields = [...form.elements].filter((field) => field.matches("input:not([type=hidden]), textarea, select"))
    const same = fields.filter((field) => field.name === event.target.name)
    const chosen = same[Number(event.key) - 1]
    if (!chosen) return
    event.preventDefault()
    chosen.checked = true
    fields[fields.indexOf(same.at(-1)) + 1]?.focus()
  })
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false
  button.addEventListener("click", () => window.print())
}
