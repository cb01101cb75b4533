using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Settings;
using Dragoman.Gateway.StoredResponses;
using static Dragoman.Gateway.Configuration.Schema.FieldText;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>How requests travel: proxies, streams, limits.</summary>
internal static class TrafficFields
{
    private static readonly StreamingOptions Streaming = new();
    private static readonly LimitOptions Limits = new();
    private static readonly ResponsesOptions Responses = new();

    private static readonly SettingField PayloadModels = new("models", SettingType.List, "For which requests the rule is; one that fits is enough.")
    {
        Items =
        [
            new("name", SettingType.Text, "The model, as the upstream or the client names it; * stands for any run of characters.") { Default = "*" },
            new("protocol", SettingType.Text, "The upstream's protocol (openai, responses, gemini, claude), or the channel of a provider."),
            new("from-protocol", SettingType.Text, "The client's protocol: openai, responses, gemini or claude."),
            new("match", SettingType.List, "Paths and the values that the body has to have there."), new("not-match", SettingType.List, "Paths and the values that the body must not have there."),
            new("exist", SettingType.TextList, "Paths that have to be there."), new("not-exist", SettingType.TextList, "Paths that must not be there."),
            new("headers", SettingType.TextMap, "Headers that the client has to send, with patterns of their values; * stands for any run of characters."),
        ],
    };

    public static IReadOnlyList<SettingField> All { get; } =
    [
        new("proxy-url", SettingType.Proxy, "The proxy to upstreams: http://, https://, socks5://, or direct; absent for the environment's.") { IsSecret = true },
        new("passthrough-headers", SettingType.Flag, "All harmless headers of the upstream's answer reach the client, not only ids and limits.") { Default = "false" },
        new("streaming", SettingType.Group, "Keep-alives to clients and time limits on upstreams.")
        {
            Items =
            [
                SecondsOf("keepalive-seconds", "How long a stream may be silent before the client gets a keep-alive; 0 for never.", Streaming.KeepAlive),
                new("keepalive-style", SettingType.Choice, "What a keep-alive looks like: a comment, or the protocol's own event where it has one.") { Choices = ["comment", "ping"], Default = "comment" },
                new("bootstrap-retries", SettingType.Integer, "Rounds that streams get on top of request-retry.") { Default = "0", Min = 0, Max = 100 },
                SecondsOf("first-byte-timeout-seconds", "How long an attempt may take until its first byte; 0 for no limit.", Streaming.FirstByteTimeout),
                SecondsOf("idle-timeout-seconds", "How long a started answer may be silent; 0 for no limit.", Streaming.IdleTimeout),
                SecondsOf("client-write-timeout-seconds", "How long a client may take nothing of its stream before it is cut off; 0 for no limit.", Streaming.ClientWriteTimeout),
            ],
        },
        SecondsOf("nonstream-keepalive-interval", "A newline every so many seconds while a whole answer is awaited; 0 for never.", Streaming.WholeAnswerKeepAlive),
        new("limits", SettingType.Group, "What bodies, connections and repeated refusals are held to.")
        {
            Items =
            [
                new("max-body-mb", SettingType.Integer, "The largest request body, after decompression.") { Default = Of(Limits.MaxBodyBytes >> 20), Min = 1, Max = 1_024 },
                new("max-frame-mb", SettingType.Integer, "The largest single frame of an upstream's stream.") { Default = Of(Limits.MaxFrameBytes >> 20), Min = 1, Max = 512 },
                new("max-answer-mb", SettingType.Integer, "The largest whole answer.") { Default = Of(Limits.MaxAnswerBytes >> 20), Min = 1, Max = 1_024 },
                new("max-queued-mb", SettingType.Integer, "The most that the unanswered requests of one WebSocket may take together.") { Default = Of(Limits.MaxQueuedBytes >> 20), Min = 1, Max = 16_384 },
                new("max-connections", SettingType.Integer, "The most connections of clients at once; 0 by the limit of open files.") { Default = "0", Min = 0, Max = 10_000_000 },
                SecondsOf("client-read-timeout-seconds", "How long nothing more may come of a request's body; 0 for no limit.", Limits.ClientReadTimeout),
                new("max-memory-mb", SettingType.Integer, "The most that all large bodies may take together; 0 for a quarter of the machine's memory.") { Default = "0", Min = 0, Max = 16_777_216 },
                new("refused-burst", SettingType.Integer, "How many refused requests in a row a client may repeat without a pause; 0 for no limit.") { Default = Of(Limits.RefusedBurst), Min = 0, Max = 1_000_000 },
                new("refused-per-minute", SettingType.Integer, "How many refused requests go on after that.") { Default = Of(Limits.RefusedPerMinute), Min = 1, Max = 1_000_000 },
            ],
        },
        new("payload", SettingType.Group, "Members that are set in, or taken out of, the bodies of requests before they are sent.")
        {
            Items =
            [
                PayloadRule("default", "Members that are set where the client's own body has none; the first rule counts."), PayloadRule("default-raw", "The same, with values that are written as JSON."),
                PayloadRule("override", "Members that are always set; the last rule counts."), PayloadRule("override-raw", "The same, with values that are written as JSON."),
                PayloadRule("filter", "Members that are taken out.", SettingType.TextList),
            ],
        },
        new("responses", SettingType.Group, "What is kept for clients of OpenAI Responses.")
        {
            Items =
            [
                new("websocket", SettingType.Flag, "Clients may talk over a WebSocket.") { Default = Of(Responses.WebSocket) },
                new("store-ttl", SettingType.Duration, "How long responses and conversations are kept.") { Default = $"{Of(Responses.StoreTtl.TotalDays)}d" },
                new("store-max-mb", SettingType.Integer, "How much of them is held in memory.") { Default = Of(Responses.StoreMaxBytes >> 20), Min = 1, Max = 65_536 },
                new("store-max-count", SettingType.Integer, "How many of them are held in memory.") { Default = Of(Responses.StoreMaxCount), Min = 1, Max = 10_000_000 },
            ],
        },
        new("telemetry", SettingType.Group, "What is reported of requests' traces.") { Items = [new("propagate", SettingType.Flag, "Upstreams are sent the trace's context, where spans are exported.") { Default = "false" }] },
    ];

    private static SettingField PayloadRule(string name, string description, SettingType members = SettingType.TextMap)
        => new(name, SettingType.List, description) { Items = [PayloadModels, new("params", members, "The members: names with dots between them, numbers for items of lists.")] };

    private static SettingField SecondsOf(string name, string description, TimeSpan standard) => new(name, SettingType.Integer, description) { Default = Seconds(standard), Min = -86_400, Max = 604_800 };
}
