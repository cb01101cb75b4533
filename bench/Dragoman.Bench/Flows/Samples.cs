using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Bench.Flows;

/// <summary>Ended requests as a coding agent's day has them.</summary>
/// <param name="start">When the first came.</param>
/// <param name="spacing">From one to the next.</param>
internal sealed class Samples(DateTimeOffset start, TimeSpan spacing)
{
    private static readonly byte[] Body = "{\"model\":\"claude-sonnet-4-5\"}"u8.ToArray();
    private static readonly RequestEnvelope Head = RequestEnvelope.Read(Body);
    private static readonly Candidate[] Candidates = [.. Enumerable.Range(0, 8).Select(n => new Candidate(
        new Account { Id = $"claude-{n}", Label = $"account {n}", Provider = "claude", Protocol = Protocol.AnthropicMessages, BaseUrl = "https://upstream.invalid", Credential = new NoCredential() },
        new UpstreamModel("claude-sonnet-4-5-20250929")) { Reason = "this conversation's account" })];

    private static readonly ClientIdentity[] Callers = [.. Enumerable.Range(0, 20).Select(n => new ClientIdentity { KeyId = $"key{n}", Name = $"team {n}" })];

    public DateTimeOffset Start => start;

    public CompletedRequest Ended(int number)
    {
        var at = start + (spacing * number);
        var candidate = Candidates[number % Candidates.Length];
        var request = new ClientRequest
        {
            ClientProtocol = ProtocolRegistry.Client(Protocol.AnthropicMessages), Body = Body, Head = Head, Model = "claude-sonnet-4-5", Stream = true, FlowId = Guid.CreateVersion7(at).ToString("N"),
            Client = Callers[number % Callers.Length], UserAgent = "claude-cli/2.0.14 (external, cli)", SessionHeader = $"session {number / 10}",
        };
        var failed = number % 50 == 0;
        var outcome = new RequestOutcome
        {
            Status = failed ? 429 : 200, ServedBy = failed ? null : candidate, Mode = "passthrough",
            Error = failed ? new WireError(ErrorKind.RateLimit, "This request would exceed your account's rate limit. Please try again later.") : null,
            Usage = failed ? null : new TokenUsage { InputTokens = 12_000, OutputTokens = 400, CachedTokens = 11_000 },
            Losses = number % 100 == 1 ? [new Loss(LossKind.Dropped, "tools[0].strict", "not known to AnthropicMessages")] : [],
            Attempts = [new AttemptRecord(candidate, failed ? "RateLimited: 429 This request would exceed your account's rate limit." : "answered", TimeSpan.FromMilliseconds(790))],
        };
        var used = new UsageEntry
        {
            RequestId = request.FlowId, At = at, KeyId = request.Client.KeyId, AccountId = failed ? "" : candidate.Account.Id, Provider = failed ? "" : "claude", Model = "claude-sonnet-4-5-20250929",
            RequestedModel = "claude-sonnet-4-5", Status = outcome.Status, Stream = true, InputTokens = 12_000, OutputTokens = 400, CachedTokens = 11_000, Cost = 0.012m,
            FirstByte = TimeSpan.FromMilliseconds(640), Duration = TimeSpan.FromMilliseconds(800),
        };
        return new CompletedRequest(request, outcome, at, used.FirstByte, used.Duration, used);
    }
}
