using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Management.Usage;

/// <summary>What one request used, as readers of <see cref="UsageQueue"/> get it. No secret, nothing of its content.</summary>
public sealed record UsageRecord
{
    /// <summary>The request's id, which is its flow's.</summary>
    public required string RequestId { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How long until the answer began; null where none did.</summary>
    public TimeSpan? FirstByte { get; init; }

    /// <summary>The client key's id; empty for none.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>What people call the client key; empty for none.</summary>
    public string Key { get; init; } = "";

    /// <summary>The address of the client, by the socket; empty where it came from the gateway itself.</summary>
    public string ClientAddress { get; init; } = "";

    /// <summary>The addresses that proxies say it came by, as their header stood; empty for none. Nobody has checked it.</summary>
    public string ForwardedFor { get; init; } = "";

    /// <summary>What the client calls itself.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>The client's protocol, for example <c>anthropic-messages</c>.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>The name the client asked for.</summary>
    public string RequestedModel { get; init; } = "";

    /// <summary>The upstream's model; the name asked for where nobody answered.</summary>
    public string Model { get; init; } = "";

    /// <summary>The id of the account that answered, else of the last that was tried; empty for none.</summary>
    public string AccountId { get; init; } = "";

    /// <summary>Its label.</summary>
    public string Account { get; init; } = "";

    /// <summary>Its provider's id.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The kind of its credential (<c>oauth</c>, <c>api-key</c>); empty for none.</summary>
    public string CredentialKind { get; init; } = "";

    /// <summary>How hard the model was asked to reason, by a suffix of its name or in the body, as a level, <c>none</c> or <c>auto</c>; empty where nothing was said.</summary>
    public string ReasoningEffort { get; init; } = "";

    /// <summary>The tier of service that was asked for; empty where nothing was said.</summary>
    public string ServiceTier { get; init; } = "";

    /// <summary>The tier that has answered, in the upstream's word; empty where it said none.</summary>
    public string AnsweredTier { get; init; } = "";

    /// <summary>Whether it was a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>The status the client got.</summary>
    public int Status { get; init; }

    /// <summary>Whether it failed.</summary>
    public bool Failed { get; init; }

    /// <summary>The error the client got; null for none.</summary>
    public string? Error { get; init; }

    /// <summary>Tokens of the prompt, those of the cache included.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of the answer, those of reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Tokens of the prompt that were read from a cache.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Tokens of the prompt that were written to a cache.</summary>
    public long CacheWriteTokens { get; init; }

    /// <summary>Tokens of reasoning.</summary>
    public long ReasoningTokens { get; init; }

    internal static UsageRecord From(CompletedRequest ended)
    {
        var (request, outcome, used) = (ended.Request, ended.Outcome, ended.Used);
        var asked = outcome.ServedBy ?? outcome.Pending ?? (outcome.Attempts.Count > 0 ? outcome.Attempts[^1].Candidate : null);
        var account = asked?.Account;
        return new UsageRecord
        {
            RequestId = request.FlowId, At = ended.StartedAt, Duration = ended.Duration, FirstByte = ended.FirstByte, KeyId = request.Client.KeyId, Key = request.Client.Name,
            ClientAddress = request.ClientAddress ?? "", ForwardedFor = request.ForwardedFor, UserAgent = request.UserAgent, Protocol = Protocols.Registry.ProtocolRegistry.Traits(request.ClientProtocol.Protocol).Name,
            RequestedModel = used.RequestedModel, Model = used.Model, AccountId = account?.Id ?? "", Account = account?.Label ?? "", Provider = account?.Provider ?? "", CredentialKind = account?.Credential.Kind ?? "",
            ReasoningEffort = asked?.SuffixReasoning is { } suffix ? LevelOf(suffix) : request.Head.Wishes.ReasoningEffort, ServiceTier = request.Head.Wishes.ServiceTier,
            AnsweredTier = outcome.Usage?.ServiceTier ?? "",
            Stream = request.Stream, Status = outcome.Status, Failed = used.Failed, Error = outcome.Error?.Message, InputTokens = used.InputTokens, OutputTokens = used.OutputTokens,
            CachedTokens = used.CachedTokens, CacheWriteTokens = used.CacheWriteTokens, ReasoningTokens = used.ReasoningTokens,
        };
    }

    /// <summary>What a suffix asks for, in one word.</summary>
    private static string LevelOf(ReasoningOptions suffix) => suffix switch
    {
        { Mode: ReasoningMode.Off } => "none",
        { Effort: { } effort } => effort,
        { BudgetTokens: { } budget } => RequestWishes.LevelOf(budget),
        _ => "auto",
    };
}
