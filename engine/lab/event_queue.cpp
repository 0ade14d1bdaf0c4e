// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/event_queue.h"

#include <utility>

namespace dorascope::lab {

void EventQueue::push(Event event)
{
    event.order = pushed_++;
    std::size_t hole = heap_.size();
    heap_.push_back(event);
    Event* const heap = heap_.data();
    while (hole > 0) {
        const std::size_t parent = (hole - 1) / 2;
        if (!before(event, heap[parent])) break;
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = event;
}

Event EventQueue::pop()
{
    const Event first = heap_.front();
    const Event last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (size == 0) return first;
    Event* const heap = heap_.data();
    std::size_t hole = 0;
    while (2 * hole + 1 < size) {
        std::size_t child = 2 * hole + 1;
        if (child + 1 < size && before(heap[child + 1], heap[child])) ++child;
        if (!before(heap[child], last)) break;
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = last;
    return first;
}

} // namespace dorascope::lab
