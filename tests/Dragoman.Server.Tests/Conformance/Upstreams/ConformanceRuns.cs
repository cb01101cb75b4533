namespace Dragoman.Server.Tests.Conformance.Upstreams;

// The next upstream language costs a house and a line here. The quick tests take two of them: what each protocol's half does is tested in the projects of the protocols and providers, too.
[Trait("speed", "fast")]
public sealed class ChatUpstreamTests(ChatScenario house) : UpstreamConformance(house), IClassFixture<ChatScenario>;

public sealed class ResponsesUpstreamTests(ResponsesScenario house) : UpstreamConformance(house), IClassFixture<ResponsesScenario>;

public sealed class ChatGptUpstreamTests(ChatGptScenario house) : UpstreamConformance(house), IClassFixture<ChatGptScenario>;

[Trait("speed", "fast")]
public sealed class MessagesUpstreamTests(MessagesScenario house) : UpstreamConformance(house), IClassFixture<MessagesScenario>;

public sealed class ClaudeSubscriptionUpstreamTests(ClaudeSubscriptionScenario house) : UpstreamConformance(house), IClassFixture<ClaudeSubscriptionScenario>;

public sealed class XaiUpstreamTests(XaiScenario house) : UpstreamConformance(house), IClassFixture<XaiScenario>;

public sealed class KimiUpstreamTests(KimiScenario house) : UpstreamConformance(house), IClassFixture<KimiScenario>;

public sealed class CodingPlanUpstreamTests(CodingPlanScenario house) : UpstreamConformance(house), IClassFixture<CodingPlanScenario>;

public sealed class CodeAssistUpstreamTests(CodeAssistScenario house) : UpstreamConformance(house), IClassFixture<CodeAssistScenario>;

public sealed class AntigravityUpstreamTests(AntigravityScenario house) : UpstreamConformance(house), IClassFixture<AntigravityScenario>;

public sealed class VertexGeminiUpstreamTests(VertexGeminiScenario house) : UpstreamConformance(house), IClassFixture<VertexGeminiScenario>;

public sealed class VertexClaudeUpstreamTests(VertexClaudeScenario house) : UpstreamConformance(house), IClassFixture<VertexClaudeScenario>;

public sealed class GeminiUpstreamTests(GeminiScenario house) : UpstreamConformance(house), IClassFixture<GeminiScenario>;

public sealed class BedrockConverseUpstreamTests(BedrockConverseScenario house) : UpstreamConformance(house), IClassFixture<BedrockConverseScenario>;

public sealed class CodeWhispererUpstreamTests(CodeWhispererScenario house) : UpstreamConformance(house), IClassFixture<CodeWhispererScenario>;

public sealed class BedrockAnthropicUpstreamTests(BedrockAnthropicScenario house) : UpstreamConformance(house), IClassFixture<BedrockAnthropicScenario>;
