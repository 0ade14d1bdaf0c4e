// SPDX-License-Identifier: GPL-3.0-or-later
// Why a message is as it is: the embedded server's own reasons, or what can be deduced of everybody else's from the wire.
#pragma once

#include "ui/models/message_detail.h"
#include "ui/models/scope.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace dorascope::models {

struct WhyStep {
    QString title; ///< "Candidate .100"
    QString text; ///< "held 1 ms ago by an offer to Laptop A"
    QString clause; ///< "RFC 2131 §4.3.1", empty where none applies
    bool rejected = false; ///< a candidate that was refused
};

/// A line of "In this offer".
struct OptionLine {
    int code = -1; ///< the first of them, where a line stands for two (58/59)
    QString name; ///< "58/59 T1, T2"
    QString value;
};

struct Why {
    bool deduced = false; ///< not the server's own words
    QString preface; ///< for deduced reasons: why they are; else empty
    std::vector<WhyStep> steps;
    QStringList clauses; ///< of all steps, each once: "RFC 2131 §4.3.1", "§4.1"
    QString optionsTitle; ///< "In this offer"
    std::vector<OptionLine> options;
};

Why why(const Scope& scope, const MessageDetail& detail);

} // namespace dorascope::models
