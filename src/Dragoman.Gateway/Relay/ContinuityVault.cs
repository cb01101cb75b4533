using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Gateway.Relay;

/// <summary>
/// Keeps what a provider needs to get back to trust its own reasoning (signatures, encrypted content) for clients whose language has no
/// place for it, and puts it back on the next turn. Keyed by tool-call id, or by a hash of the answer's text where no tool was called;
/// tagged by model family, because a signature given to another family is refused.
/// </summary>
/// <remarks>Bounded in number and bytes; what was used least recently goes first. Lives in memory: after a restart a conversation goes on without.</remarks>
public sealed class ContinuityVault(int maxEntries = 20_000, long maxBytes = 64L << 20)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;

    /// <summary>How many entries are kept.</summary>
    public int Count => _entries.Count;

    /// <summary>Puts back into a conversation what its client could not carry and the given model can read.</summary>
    public void Restore(ConversationRequest conversation, UpstreamModel model)
    {
        if (Count == 0) return;
        var family = FamilyOf(model);
        foreach (var turn in conversation.Turns)
        {
            if (turn.Role != Role.Assistant) continue;
            if (turn.Blocks.Exists(static block => block is ReasoningBlock { Signature.IsEmpty: false })) RestoreWords(turn, family);
            else RestoreTurn(turn, family);
        }
    }

    internal void Keep(string key, SignatureFamily family, IReadOnlyList<KeptReasoning> reasoning, JsonText partSignature)
    {
        var entry = new Entry(key, family, reasoning, partSignature);
        lock (_lock)
        {
            Remove(key);
            _entries[key] = _byUse.AddFirst(entry);
            _bytes += entry.Size;
            while (_entries.Count > maxEntries || _bytes > maxBytes) Remove(_byUse.Last!.Value.Key);
        }
    }

    internal static SignatureFamily FamilyOf(UpstreamModel model)
        => model.Family != SignatureFamily.Unknown ? model.Family : UpstreamModel.FamilyOf(model.Id);

    internal static string KeyOfCall(string id) => "call:" + id;

    internal static string KeyOfText(ulong hash) => "text:" + hash.ToString("x16");

    private void RestoreTurn(Turn turn, SignatureFamily family)
    {
        var calls = 0;
        for (var i = 0; i < turn.Blocks.Count; i++)
        {
            if (turn.Blocks[i] is not ToolCallBlock call) continue;
            if (Find(KeyOfCall(call.Id), family) is { } entry)
            {
                if (call.PartSignature.IsEmpty) call.PartSignature = entry.PartSignature;
                // What was thought before the first call stood at the turn's beginning; before a later one, between the calls.
                i += Insert(turn, calls == 0 ? 0 : i, entry.Reasoning, family);
            }

            calls++;
        }

        if (calls > 0) return;
        var hash = default(TextHash);
        foreach (var block in turn.Blocks)
        {
            if (block is TextBlock text) hash.Add(text.Text);
        }

        if (hash.IsEmpty || Find(KeyOfText(hash.Value), family) is not { } found) return;
        Insert(turn, 0, found.Reasoning, family);
        if (turn.Blocks.FindLast(static block => block is TextBlock) is { PartSignature.IsEmpty: true } last) last.PartSignature = found.PartSignature;
    }

    /// <summary>A client that was not to see the words sends a signature alone; a provider that showed them wants them back with it.</summary>
    private void RestoreWords(Turn turn, SignatureFamily family)
    {
        IReadOnlyList<KeptReasoning>? reasoning = null;
        for (var i = 0; i < turn.Blocks.Count; i++)
        {
            if (turn.Blocks[i] is not ReasoningBlock { Text.IsEmpty: true, Signature.IsEmpty: false, IsRedacted: false } bare) continue;
            reasoning ??= KeptOf(turn, family);
            foreach (var kept in reasoning)
            {
                if (kept.Text.IsEmpty || kept.Signature.ToString() != bare.Signature.ToString()) continue;
                turn.Blocks[i] = new ReasoningBlock { Text = kept.Text, Signature = bare.Signature, IsSummary = kept.IsSummary, Id = bare.Id, Family = family };
                break;
            }
        }
    }

    private List<KeptReasoning> KeptOf(Turn turn, SignatureFamily family)
    {
        var kept = new List<KeptReasoning>();
        var hash = default(TextHash);
        foreach (var block in turn.Blocks)
        {
            if (block is ToolCallBlock call && Find(KeyOfCall(call.Id), family) is { } entry) kept.AddRange(entry.Reasoning);
            else if (block is TextBlock text) hash.Add(text.Text);
        }

        if (!hash.IsEmpty && Find(KeyOfText(hash.Value), family) is { } found) kept.AddRange(found.Reasoning);
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

    private Entry? Find(string key, SignatureFamily family)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node) || node.Value.Family != family) return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }
    }

    private void Remove(string key)
    {
        if (!_entries.Remove(key, out var node)) return;
        _byUse.Remove(node);
        _bytes -= node.Value.Size;
    }

    private sealed record Entry(string Key, SignatureFamily Family, IReadOnlyList<KeptReasoning> Reasoning, JsonText PartSignature)
    {
        public long Size { get; } = 200 + PartSignature.Length + Reasoning.Sum(static kept => (long)kept.Text.Length + kept.Signature.Length + 100);
    }
}

/// <summary>A reasoning block kept for later, out of any buffer.</summary>
internal sealed record KeptReasoning(JsonText Text, JsonText Signature, bool IsRedacted, bool IsSummary, string? Id);
