// SPDX-License-Identifier: GPL-3.0-or-later
// The serve panel's text as a server configuration, and back: no widget, so that every complaint can be tested as a table.
#pragma once

#include "ui/views/source_control.h"

#include <array>
#include <optional>

namespace dorascope::ui {

struct ServeForm {
    QString first, last, router, dns, lease;
    QString stop{}; ///< when serving ends by itself, as leaseSeconds() reads it; empty: never
    bool probe = true, polite = false;
};

struct ServeSuggestion {
    QString first, last, router, dns;
};
/// A pool in the upper half of the interface's subnet, clear of the interface itself; the interface as router and DNS are not assumed.
ServeSuggestion suggestFor(const InterfaceChoice& interface);

struct ServeReading {
    server::Config config;
    std::optional<Duration> stopAfter;
    std::array<QString, 6> problems; ///< one a field of ServeForm, in its order; empty where all is well
    QString general; ///< what concerns no single field
    bool valid() const;
};
/// The one field that counts also where the rest comes from a file.
void readStop(const ServeForm& form, ServeReading& reading);
ServeReading readServeForm(const ServeForm& form, const InterfaceChoice& interface);

/// "30 min", "1 h", "2 d", "3600", "infinite" in seconds; nothing when it cannot be read.
std::optional<std::uint32_t> leaseSeconds(const QString& text);

} // namespace dorascope::ui
