using System.Globalization;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Requests;

/// <summary>
/// Gives each call and each text that the model says in a conversation the names it is kept under. Equal ones (a tool called twice with the
/// same arguments, "Done." said twice) are told apart by their order.
/// </summary>
/// <param name="scope">The conversation (see <see cref="ConversationScope"/>).</param>
internal sealed class AnswerPlaces(string scope)
{
    private readonly Dictionary<(string Id, ulong Call), int> _byId = [];
    private readonly Dictionary<ulong, int> _calls = [];
    private readonly Dictionary<ulong, int> _texts = [];

    /// <summary>
    /// The next call: its name by id, tool and arguments, and its name by tool and arguments alone, for clients that rename ids on their way.
    /// </summary>
    public (string ById, string ByCall) Next(string id, ulong call)
    {
        var byId = Number(_byId, (id, call));
        var byCall = Number(_calls, call);
        return (string.Create(CultureInfo.InvariantCulture, $"{scope}|i|{call:x16}|{byId}|{id}"), string.Create(CultureInfo.InvariantCulture, $"{scope}|c|{call:x16}|{byCall}"));
    }

    /// <summary>The next text.</summary>
    public string Next(WhitespaceInsensitiveHash text) => string.Create(CultureInfo.InvariantCulture, $"{scope}|t|{text.Value:x16}|{Number(_texts, text.Value)}");

    private static int Number<TKey>(Dictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _);
        return count++;
    }
}
