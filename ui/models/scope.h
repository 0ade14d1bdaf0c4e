// SPDX-License-Identifier: GPL-3.0-or-later
// What all pages look at together: one state, one selection, one filter, one time range. Session writes the state; views and
// models read it and hear of changes once a display tick, as one batch.
#pragma once

#include "capture/observe/lan_state.h"
#include "capture/observe/recording.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace dorascope::models {

/// The chosen thing. A message implies its exchange and client; an exchange its client.
struct Selection {
    observe::MessageId message = observe::kNone;
    observe::ExchangeId exchange = observe::kNone;
    observe::ClientId client = observe::kNone;
    bool operator==(const Selection&) const = default;
};

struct TimeRange {
    Instant from{}, to{}; ///< [from, to]
    bool operator==(const TimeRange&) const = default;
};

/// An address that a server of this window keeps for one client.
struct ReservedAddress {
    Ipv4Address address;
    QString client; ///< for whom, by what the server knows it by: "3c:22:fb:0a:01:02", "client identifier 01ab"
    QString name; ///< that the client is told; mostly empty
    bool ordered = false; ///< by hand, and so it can be given up; else by the configuration
    bool operator==(const ReservedAddress&) const = default;
};
/// In order of address, each once; null: none. Shared, because there may be a hundred thousand.
using Reservations = std::shared_ptr<const std::vector<ReservedAddress>>;

class Filter;

class Scope : public QObject {
    Q_OBJECT
public:
    explicit Scope(QObject* parent = nullptr);
    ~Scope() override;

    /// Never null after the first setState(); an empty state before.
    const observe::LanState& state() const { return *state_; }
    const observe::Recording& recording() const { return *recording_; }

    /// Another state altogether (new source, playhead moved). Both must outlive their use here. Emits reset().
    void setState(const observe::LanState* state, const observe::Recording* recording);
    /// The state moved on by this batch. Emits advanced().
    void publish(const observe::Changes& changes);

    Selection selection() const { return selection_; }
    void select(Selection selection); ///< completes it downwards: message → exchange → client
    void selectMessage(observe::MessageId id);
    void selectExchange(observe::ExchangeId id); ///< and its first reply, or first message
    void selectClient(observe::ClientId id);

    /// Filter as typed. Terms separated by spaces, all must match: free text against client, address, MAC, vendor;
    /// `xid:`, `client:`, `address:`, `server:`, `state:`, `type:` against that.
    QString filter() const { return filter_; }
    void setFilter(const QString& text);
    bool matches(observe::ExchangeId id) const; ///< filter and time range
    bool matchesBinding(const observe::Binding& binding) const;

    std::optional<TimeRange> range() const { return range_; }
    void setRange(std::optional<TimeRange> range);

    /// Addresses there are to give, at the time shown: known while the lab or a server of this window runs, else of size 0.
    const observe::Pool& pool() const { return state_->pool(); }
    /// Addresses bound: of the pool where one is known, else all.
    std::uint64_t inUse() const { return pool().size() > 0 ? state_->used_count() : state_->bound_count(); }

    /// Follow the newest; false while the playhead stands in the past (Session folds to it).
    bool isLive() const { return live_; }
    Instant playhead() const; ///< state().now() while live

    /// A name that the source knows for a MAC (the lab's "Laptop A"); returns an empty string when it knows none.
    using Namer = std::function<QString(const HardwareAddress&)>;
    void setNamer(Namer namer);
    /// What a server of this window keeps for somebody. Emits reservationsChanged() when these are others.
    void setReservations(Reservations reservations);
    const Reservations& reservations() const { return reservations_; }
    /// Null when it is not reserved now; for the past, of which that is not known, too.
    const ReservedAddress* reservation(Ipv4Address address) const;
    QString clientName(observe::ClientId id) const; ///< the namer's, else host name, else "vendor xx:yy:zz", else the MAC
    QString clientDetail(observe::ClientId id) const; ///< "Apple · 3c:22:fb:0a:01:02", "random MAC · …"
    QString serverName(observe::ServerId id) const; ///< its identifier
    QString serverDetail(observe::ServerId id) const; ///< "this server", "unknown · TP-Link"

public slots:
    void goLive();
    void setPlayhead(Instant at); ///< leaves live; Session reacts to playheadRequested()

signals:
    void reset();
    void advanced(const dorascope::observe::Changes& changes);
    void selectionChanged();
    void filterChanged(); ///< filter or range
    void poolChanged();
    void reservationsChanged();
    void liveChanged(bool live);
    void playheadRequested(dorascope::Instant at);

private:
    const observe::LanState* state_;
    const observe::Recording* recording_;
    Selection selection_;
    QString filter_;
    std::unique_ptr<Filter> parsed_; ///< of filter_
    std::optional<TimeRange> range_;
    bool live_ = true;
    Instant playhead_{};
    Namer namer_;
    Reservations reservations_;
};

} // namespace dorascope::models
