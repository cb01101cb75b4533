using System.Text;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>Keeps an account's own secret out of what its upstream says: some repeat the key they refuse.</summary>
public static class Redaction
{
    private const int ShortestSecret = 6;

    /// <summary>The text with every secret of the credential masked.</summary>
    public static string Apply(string text, Credential credential)
    {
        foreach (var secret in credential.Secrets)
        {
            if (secret.Length >= ShortestSecret) text = text.Replace(secret, "[redacted]", StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>The body with every secret of the credential masked; the body itself where it holds none.</summary>
    public static ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> body, Credential credential)
    {
        foreach (var secret in credential.Secrets)
        {
            if (secret.Length < ShortestSecret || body.Span.IndexOf(Encoding.UTF8.GetBytes(secret)) < 0) continue;
            return Encoding.UTF8.GetBytes(Apply(Encoding.UTF8.GetString(body.Span), credential));
        }

        return body;
    }
}
