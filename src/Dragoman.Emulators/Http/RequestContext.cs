using System.Text;
using Dragoman.Emulators.FakeModel;

namespace Dragoman.Emulators.Http;

/// <summary>What families share while they answer one request: the seals, the cache, the clock and the ids.</summary>
internal sealed class RequestContext(EmulatorOptions options, SignatureIssuer seal, PrefixMemory prefixes, Call call)
{
    private string? _digest;

    public EmulatorOptions Options { get; } = options;

    public SignatureIssuer Signatures { get; } = seal;

    public PrefixMemory Prefixes { get; } = prefixes;

    /// <summary>What the user said, once the family has read it; faults may be asked for in it.</summary>
    public string? UserText { get; set; }

    /// <summary>Seconds since 1970.</summary>
    public long Now => Options.Time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>An id that only this request can have, the same on every run.</summary>
    public string Id(string prefix, int number = 0)
    {
        _digest ??= SignatureIssuer.Digest(call.Body);
        return prefix + SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{Options.Seed}/{_digest}/{prefix}/{number}")) + SignatureIssuer.Digest($"{_digest}{number}")[..8];
    }

    /// <summary>Asks the mind.</summary>
    public Answer Answer(UserPrompt question, string callPrefix)
    {
        UserText = question.UserText;
        return DeterministicModel.Answer(question, number => Id(callPrefix, number));
    }
}
