namespace Dragoman.Server.Tests.Conformance.Upstreams;

// The next upstream language costs a house and a line here. The quick tests take two of them: what each protocol's half does is tested in the projects of the protocols and providers, too.
public sealed class ChatUpstreamTests(ChatScenario house) : UpstreamConformance(house), IClassFixture<ChatScenario>;

[Trait("speed", "slow")]
public sealed class ResponsesUpstreamTests(ResponsesScenario house) : UpstreamConformance(house), IClassFixture<ResponsesScenario>;

[Trait("speed", "slow")]
public sealed class ChatGptUpstreamTests(ChatGptScenario house) : UpstreamConformance(house), IClassFixture<ChatGptScenario>;

public sealed class MessagesUpstreamTests(MessagesScenario house) : UpstreamConformance(house), IClassFixture<MessagesScenario>;

[Trait("speed", "slow")]
public sealed class ClaudeSubscriptionUpstreamTests(ClaudeSubscriptionScenario house) : UpstreamConformance(house), IClassFixture<ClaudeSubscriptionScenario>;

[Trait("speed", "slow")]
public sealed class XaiUpstreamTests(XaiScenario house) : UpstreamConformance(house), IClassFixture<XaiScenario>;

[Trait("speed", "slow")]
public sealed class KimiUpstreamTests(KimiScenario house) : UpstreamConformance(house), IClassFixture<KimiScenario>;

[Trait("speed", "slow")]
public sealed class CodingPlanUpstreamTests(CodingPlanScenario house) : UpstreamConformance(house), IClassFixture<CodingPlanScenario>;

[Trait("speed", "slow")]
public sealed class CodeAssistUpstreamTests(CodeAssistScenario house) : UpstreamConformance(house), IClassFixture<CodeAssistScenario>;

[Trait("speed", "slow")]
public sealed class AntigravityUpstreamTests(AntigravityScenario house) : UpstreamConformance(house), IClassFixture<AntigravityScenario>;

[Trait("speed", "slow")]
public sealed class VertexGeminiUpstreamTests(VertexGeminiScenario house) : UpstreamConformance(house), IClassFixture<VertexGeminiScenario>;

[Trait("speed", "slow")]
public sealed class VertexClaudeUpstreamTests(VertexClaudeScenario house) : UpstreamConformance(house), IClassFixture<VertexClaudeScenario>;

[Trait("speed", "slow")]
public sealed class GeminiUpstreamTests(GeminiScenario house) : UpstreamConformance(house), IClassFixture<GeminiScenario>;

[Trait("speed", "slow")]
public sealed class BedrockConverseUpstreamTests(BedrockConverseScenario house) : UpstreamConformance(house), IClassFixture<BedrockConverseScenario>;

[Trait("speed", "slow")]
public sealed class CodeWhispererUpstreamTests(CodeWhispererScenario house) : UpstreamConformance(house), IClassFixture<CodeWhispererScenario>;

[Trait("speed", "slow")]
public sealed class BedrockAnthropicUpstreamTests(BedrockAnthropicScenario house) : UpstreamConformance(house), IClassFixture<BedrockAnthropicScenario>;
