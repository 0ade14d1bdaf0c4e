// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/outbox.h"

namespace dorascope::server {

Outbox::Outbox() : storage_{std::make_unique<Storage>()} { }
Outbox::~Outbox() = default;
Outbox::Outbox(Outbox&&) noexcept = default;
Outbox& Outbox::operator=(Outbox&&) noexcept = default;

std::span<const Transmit> Outbox::transmits() const { return storage_->transmits.span(); }
std::span<const LeaseWrite> Outbox::writes() const { return storage_->writes.span(); }
std::span<const ProbeRequest> Outbox::probes() const { return storage_->probes.span(); }
std::span<const Decision> Outbox::decisions() const { return storage_->decisions.span(); }

bool Outbox::empty() const { return transmits().empty() && writes().empty() && probes().empty() && decisions().empty(); }

void Outbox::clear()
{
    storage_->transmits.clear();
    storage_->payloads.clear();
    storage_->writes.clear();
    storage_->probes.clear();
    storage_->decisions.clear();
    storage_->journal.clear();
}

Decision& begin_decision(Instant now, Outbox& out)
{
    Decision& decision = OutboxAccess::storage(out).decisions.add();
    auto steps = std::move(decision.steps);
    steps.clear();
    decision = {};
    decision.steps = std::move(steps);
    decision.at = now;
    return decision;
}

} // namespace dorascope::server
