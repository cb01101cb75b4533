namespace Dragoman.Server.Tests.Battery.Upstreams;

// The next upstream language costs a house and a line here.
public sealed class ChatUpstreamTests(ChatScenario house) : UpstreamBattery(house), IClassFixture<ChatScenario>;

public sealed class ResponsesUpstreamTests(ResponsesScenario house) : UpstreamBattery(house), IClassFixture<ResponsesScenario>;

public sealed class MessagesUpstreamTests(MessagesScenario house) : UpstreamBattery(house), IClassFixture<MessagesScenario>;

public sealed class GeminiUpstreamTests(GeminiScenario house) : UpstreamBattery(house), IClassFixture<GeminiScenario>;

public sealed class BedrockConverseUpstreamTests(BedrockConverseScenario house) : UpstreamBattery(house), IClassFixture<BedrockConverseScenario>;

public sealed class BedrockAnthropicUpstreamTests(BedrockAnthropicScenario house) : UpstreamBattery(house), IClassFixture<BedrockAnthropicScenario>;
