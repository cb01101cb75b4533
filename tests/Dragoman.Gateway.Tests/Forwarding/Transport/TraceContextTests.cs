using System.Diagnostics;
using Dragoman.Gateway.Forwarding.Transport;

namespace Dragoman.Gateway.Tests.Forwarding.Transport;

/// <summary>Which span asks an upstream: what HTTP says in headers, and a message over a kept connection says in its own words.</summary>
public sealed class TraceContextTests
{
    [Fact]
    public void Each_request_names_its_own_span_and_only_spans_of_the_named_source_are_told()
    {
        using var ours = new ActivitySource("trace-context-tests");
        using var others = new ActivitySource("trace-context-tests-others");
        using var listener = new ActivityListener { ShouldListenTo = static source => source.Name.StartsWith("trace-context-tests", StringComparison.Ordinal), Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using var transport = new UpstreamTransport();
        using (ours.StartActivity("nobody asked for it")) transport.TraceContext.ShouldBeEmpty();
        transport.TracedSource = "trace-context-tests";
        transport.TraceContext.ShouldBeEmpty("there is no span");
        using (others.StartActivity("of another")) transport.TraceContext.ShouldBeEmpty();
        var said = new List<string>();
        for (var request = 0; request < 2; request++)
        {
            using var span = ours.StartActivity("request")!;
            if (request == 1) span.TraceStateString = "vendor=1";
            transport.TraceContext.ShouldBe(request == 0 ? [new("traceparent", span.Id!)] : [new("traceparent", span.Id!), new("tracestate", "vendor=1")]);
            said.Add(span.Id!);
        }

        said.Distinct().Count().ShouldBe(2);
    }
}
