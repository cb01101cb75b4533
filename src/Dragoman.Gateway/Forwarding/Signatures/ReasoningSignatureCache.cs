using Dragoman.Gateway.Caching;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Signatures;

/// <summary>
/// Keeps what a provider needs to get back to trust its own reasoning (signatures, encrypted content) for clients whose protocol has no
/// place for it, and puts it back on the next turn. Kept per client key and conversation (see <see cref="ConversationScope"/>), and found there by
/// the call it belongs to (id, tool and arguments; where a client renames ids, tool and arguments alone), or by a hash of the answer's text where no
/// tool was called; tagged by model family, because a signature given to another family is refused.
/// </summary>
/// <remarks>Bounded in number and bytes; what was used least recently goes first. Lives in memory: after a restart a conversation goes on without.</remarks>
public sealed class ReasoningSignatureCache(int maxEntries = 20_000, long maxBytes = 64L << 20)
{
    private readonly Lock _lock = new();
    private readonly LruCache<string, Entry> _entries = new(StringComparer.Ordinal);

    // The entry's own name, by its other one.
    private readonly Dictionary<string, string> _otherNames = new(StringComparer.Ordinal);

    /// <summary>How many entries are kept.</summary>
    public int Count => _entries.Count;

    /// <summary>Puts back into a conversation what its client could not carry and the given model can read.</summary>
    internal void Restore(ConversationRequest conversation, UpstreamModel model, ConversationScope scope)
    {
        if (Count == 0) return;
        var family = model.EffectiveFamily;
        var places = new AnswerPlaces(scope.Id);
        foreach (var turn in conversation.Turns)
        {
            if (turn.Role != Role.Assistant) continue;
            if (turn.Blocks.Exists(static block => block is ReasoningBlock { Signature.IsEmpty: false })) RestoreWords(turn, family, places);
            else RestoreTurn(turn, family, places);
        }
    }

    /// <summary>Keeps what belongs to a call or a text.</summary>
    /// <param name="name">What it is found by.</param>
    /// <param name="otherName">A second name, or null.</param>
    /// <param name="family">The family of models that can read it.</param>
    /// <param name="reasoning">The reasoning before it.</param>
    /// <param name="partSignature">The signature on it.</param>
    internal void Keep(string name, string? otherName, SignatureFamily family, IReadOnlyList<KeptReasoning> reasoning, JsonText partSignature)
    {
        var entry = new Entry(name, otherName, family, reasoning, partSignature);
        lock (_lock)
        {
            Remove(name);
            if (otherName is not null) Remove(otherName);
            _entries.Set(name, entry, entry.Size);
            if (otherName is not null) _otherNames[otherName] = name;
            while ((_entries.Count > maxEntries || _entries.Size > maxBytes) && _entries.TryPeekOldest(out var oldest, out _)) Remove(oldest);
        }
    }

    private void RestoreTurn(Turn turn, SignatureFamily family, AnswerPlaces places)
    {
        var calls = 0;
        var hash = default(WhitespaceInsensitiveHash);
        for (var i = 0; i < turn.Blocks.Count; i++)
        {
            if (turn.Blocks[i] is TextBlock text) hash.Add(text.Text);
            if (turn.Blocks[i] is not ToolCallBlock call) continue;
            if (Find(call, family, places) is { } entry)
            {
                if (call.PartSignature.IsEmpty) call.PartSignature = entry.PartSignature;
                // What was thought before the first call stood at the turn's beginning; before a later one, between the calls.
                i += Insert(turn, calls == 0 ? 0 : i, entry.Reasoning, family);
            }

            calls++;
        }

        if (hash.IsEmpty) return;
        var name = places.Next(hash);
        if (calls > 0 || Find(name, family) is not { } found) return;
        Insert(turn, 0, found.Reasoning, family);
        if (turn.Blocks.FindLast(static block => block is TextBlock) is { PartSignature.IsEmpty: true } last) last.PartSignature = found.PartSignature;
    }

    /// <summary>A client that was not to see the words sends a signature alone; a provider that showed them wants them back with it.</summary>
    private void RestoreWords(Turn turn, SignatureFamily family, AnswerPlaces places)
    {
        var reasoning = KeptOf(turn, family, places);
        for (var i = 0; i < turn.Blocks.Count; i++)
        {
            if (turn.Blocks[i] is not ReasoningBlock { Text.IsEmpty: true, Signature.IsEmpty: false, IsRedacted: false } bare) continue;
            foreach (var kept in reasoning)
            {
                if (kept.Text.IsEmpty || kept.Signature.ToString() != bare.Signature.ToString()) continue;
                turn.Blocks[i] = new ReasoningBlock { Text = kept.Text, Signature = bare.Signature, IsSummary = kept.IsSummary, Id = bare.Id, Family = family };
                break;
            }
        }
    }

    private List<KeptReasoning> KeptOf(Turn turn, SignatureFamily family, AnswerPlaces places)
    {
        var kept = new List<KeptReasoning>();
        var hash = default(WhitespaceInsensitiveHash);
        foreach (var block in turn.Blocks)
        {
            if (block is TextBlock text) hash.Add(text.Text);
            if (block is ToolCallBlock call && Find(call, family, places) is { } entry) kept.AddRange(entry.Reasoning);
        }

        if (!hash.IsEmpty && Find(places.Next(hash), family) is { } found) kept.AddRange(found.Reasoning);
        return kept;
    }

    private static int Insert(Turn turn, int at, IReadOnlyList<KeptReasoning> reasoning, SignatureFamily family)
    {
        // Reasoning that the client echoed without its signature is the same reasoning: the whole one takes its place.
        if (reasoning.Count > 0) turn.Blocks.RemoveAll(static block => block is ReasoningBlock { Signature.IsEmpty: true });
        at = Math.Min(at, turn.Blocks.Count);
        foreach (var kept in reasoning)
        {
            turn.Blocks.Insert(at++, new ReasoningBlock
            {
                Text = kept.Text,
                Signature = kept.Signature,
                IsRedacted = kept.IsRedacted,
                IsSummary = kept.IsSummary,
                Id = kept.Id,
                Family = family,
            });
        }

        return reasoning.Count;
    }

    private Entry? Find(ToolCallBlock call, SignatureFamily family, AnswerPlaces places)
    {
        var (byId, byCall) = places.Next(call.Id, ToolCallHash.Compute(call));
        return Find(byId, family) ?? Find(byCall, family);
    }

    private Entry? Find(string name, SignatureFamily family)
    {
        lock (_lock)
        {
            var own = _otherNames.GetValueOrDefault(name, name);
            if (!_entries.TryPeek(own, out var entry) || entry.Family != family) return null;
            _entries.Touch(own);
            return entry;
        }
    }

    private void Remove(string name)
    {
        if (_entries.Remove(_otherNames.GetValueOrDefault(name, name), out var entry) && entry.OtherName is { } other) _otherNames.Remove(other);
    }

    private sealed record Entry(string Name, string? OtherName, SignatureFamily Family, IReadOnlyList<KeptReasoning> Reasoning, JsonText PartSignature)
    {
        public long Size { get; } = 300 + 2 * (Name.Length + (OtherName?.Length ?? 0)) + PartSignature.Length + Reasoning.Sum(static kept => (long)kept.Text.Length + kept.Signature.Length + 100);
    }
}

/// <summary>A reasoning block kept for later, out of any buffer.</summary>
internal sealed record KeptReasoning(JsonText Text, JsonText Signature, bool IsRedacted, bool IsSummary, string? Id);
