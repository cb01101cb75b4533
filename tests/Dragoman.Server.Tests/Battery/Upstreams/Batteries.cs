namespace Dragoman.Server.Tests.Battery.Upstreams;

// The next upstream language costs a house and a line here.
public sealed class ChatUpstreamTests(ChatHouse house) : UpstreamBattery(house), IClassFixture<ChatHouse>;

public sealed class ResponsesUpstreamTests(ResponsesHouse house) : UpstreamBattery(house), IClassFixture<ResponsesHouse>;

public sealed class MessagesUpstreamTests(MessagesHouse house) : UpstreamBattery(house), IClassFixture<MessagesHouse>;

public sealed class GeminiUpstreamTests(GeminiHouse house) : UpstreamBattery(house), IClassFixture<GeminiHouse>;

public sealed class BedrockConverseUpstreamTests(BedrockConverseHouse house) : UpstreamBattery(house), IClassFixture<BedrockConverseHouse>;

public sealed class BedrockAnthropicUpstreamTests(BedrockAnthropicHouse house) : UpstreamBattery(house), IClassFixture<BedrockAnthropicHouse>;
