// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the steps of one decision as they are taken.
#pragma once

#include "engine/wire/decision.h"

namespace dorascope::server {

class Trace {
public:
    explicit Trace(Decision& decision) : decision_{decision} { }
    void step(StepCode code, Ipv4Address address = {}, std::int64_t number = 0, const HardwareAddress& who = {},
              std::string_view name = {})
    {
        decision_.steps.push_back({code, address, number, who, name});
    }
    /// The verdict of a packet that gets no answer.
    void end(Outcome outcome, StepCode code, Ipv4Address address = {}, std::int64_t number = 0, std::string_view name = {})
    {
        decision_.outcome = outcome;
        decision_.address = address;
        step(code, address, number, {}, name);
    }
    Decision& decision() { return decision_; }

private:
    Decision& decision_;
};

} // namespace dorascope::server
