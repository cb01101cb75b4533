using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Wire.OpenAiChat;

/// <summary>
/// The ids of tool calls as the server takes them: given where the source has none, shortened where they are too long, nine letters and
/// digits for Mistral. The same conversation gives the same ids in every turn.
/// </summary>
internal sealed class ChatCallIds(bool nine)
{
    private const int Longest = 40;
    private const string Letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private readonly Queue<(string Name, string Id)> _unnamed = new();
    private int _made;

    public string ForCall(string id, string name)
    {
        if (id.Length > 0) return Fit(id);
        var made = Fit($"call_{_made++}_{name}");
        _unnamed.Enqueue((name, made));
        return made;
    }

    public string ForResult(string id, string? name)
    {
        if (id.Length > 0) return Fit(id);
        // Old Gemini pairs by name and order.
        for (var i = _unnamed.Count; i > 0; i--)
        {
            var call = _unnamed.Dequeue();
            if (name is null || call.Name == name) return call.Id;
            _unnamed.Enqueue(call);
        }

        return Fit($"call_{_made++}_{name}");
    }

    private string Fit(string id)
    {
        if (nine)
        {
            if (id.Length == 9 && id.All(char.IsAsciiLetterOrDigit)) return id;
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
            return string.Create(9, hash, static (span, bytes) =>
            {
                for (var i = 0; i < span.Length; i++) span[i] = Letters[bytes[i] % Letters.Length];
            });
        }

        return id.Length <= Longest ? id : "call_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
    }
}
