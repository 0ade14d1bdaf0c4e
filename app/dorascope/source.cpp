// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/source.h"

namespace dorascope::app {

Intake::Intake(observe::Recording& recording, observe::LanState& state) : recording_(recording), state_(state) { }

void Intake::frame(const decode::Frame& frame)
{
    ++frames_;
    const std::uint64_t ignored = state_.counts().ignored;
    state_.apply(frame, changes_);
    if (state_.counts().ignored == ignored) recording_.append(frame); // others need not be kept: nothing on screen refers to them
}

void Intake::decision(const Decision& decision)
{
    recording_.append(decision);
    state_.apply(decision, changes_);
}

void Intake::held(observe::HeldLeases held)
{
    state_.apply(held, changes_);
    recording_.append(std::move(held));
}

void Intake::serve(const observe::Pool& pool)
{
    if (pool == state_.pool()) return;
    const observe::PoolChange change{state_.now(), pool};
    recording_.append(change);
    state_.apply(change, changes_);
}

void Intake::advance(Instant now) { state_.advance(now, changes_); }
void Intake::settle() { state_.settle(changes_); }

} // namespace dorascope::app
