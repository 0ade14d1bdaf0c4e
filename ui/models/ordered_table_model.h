// SPDX-License-Identifier: GPL-3.0-or-later
// A table over items that only ever grow in number (exchanges, bindings, servers), filtered and sorted inside the model: a proxy model over
// a million rows costs seconds. Cost of a batch in the order of arrival is that of the batch; a filter is applied in slices between events.
#pragma once

#include <QAbstractTableModel>

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace dorascope::models {

class OrderedTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using Id = std::uint32_t;

    int rowCount(const QModelIndex& parent = {}) const override;
    /// Sorted by the keys of `column`; descending shows the same order upside down.
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;
    int sortColumn() const { return sortColumn_; }
    Qt::SortOrder sortOrder() const { return sortOrder_; }

    Id idAt(int row) const; ///< row in [0, rowCount())
    int rowOf(Id id) const; ///< −1 when it is not shown
    bool isSettled() const
    {
        return scanned_ == itemCount();
    } ///< false while a large filter run is still going on between events

    static constexpr std::size_t kSlice = 32768; ///< most items looked at in one turn of the event loop …
    static constexpr std::size_t kLeastSlice = 4096; ///< … and least: so many are there at once
    static constexpr std::chrono::milliseconds kTurn{8}; ///< … in between, as long as this

signals:
    void settled(); ///< a filter run has reached the newest item

protected:
    explicit OrderedTableModel(QObject* parent);

    /// Items have the ids [0, itemCount()).
    virtual std::size_t itemCount() const = 0;
    virtual bool accepts(Id id) const = 0;
    virtual std::uint64_t sortKey(int column, Id id) const = 0; ///< below kHidden − 1; equal keys stand in the order of their ids
    virtual void prepareKeys(int column); ///< before a whole order is made: build ranks

    void rebuild(); ///< everything anew, in slices
    void rebuildOrder(); ///< keys changed at large: the same rows in another order
    /// Items `changed` are new or other than before; those that itemCount() counts beyond the last call are new by themselves.
    void applyBatch(std::span<const Id> changed);
    void rowsTouched(std::span<const Id> ids, const QList<int>& roles = {}); ///< dataChanged for those that are shown

private:
    struct Row {
        std::uint64_t key;
        Id id;
        auto operator<=>(const Row&) const = default;
    };
    struct Split; // what a batch does to the rows
    Split split(std::span<const Id> changed) const;
    void scanSlice();
    void takeNew();
    std::vector<Row> scan();
    static void sortRows(std::vector<Row>& rows);
    void drop(std::span<const Id> ids);
    void append(std::vector<Row> fresh);
    void reposition(std::vector<Row> moved);
    std::ptrdiff_t find(Id id) const;
    int toRow(std::size_t position) const;
    std::size_t toPosition(int row) const;
    template <typename Change> void changeLayout(Change change); ///< persistent indexes follow their items
    void setOrder(std::vector<Row> rows);
    void recomputeKeys();
    void touch(std::vector<std::size_t> positions, const QList<int>& roles);

    static constexpr std::uint64_t kHidden = ~std::uint64_t{0};
    std::vector<Row> rows_; ///< ascending by (key, id)
    std::vector<std::uint64_t> keys_; ///< by id; kHidden when not shown
    std::size_t scanned_ = 0;
    bool slicePending_ = false;
    int sortColumn_ = 0;
    Qt::SortOrder sortOrder_ = Qt::AscendingOrder;
};

} // namespace dorascope::models
