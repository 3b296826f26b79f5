FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /build
COPY mvnw pom.xml ./
COPY .mvn .mvn
# One file that needs no other first: what Maven downloads for it is a layer that stays while the rest of the source changes.
COPY src/main/java/dev/batchgate/package-info.java src/main/java/dev/batchgate/
RUN ./mvnw -B -q package -DskipTests -Dspring-boot.repackage.skip
COPY src/main src/main
RUN ./mvnw -B -q package -DskipTests \
 && java -Djarmode=tools -jar target/batchgate.jar extract --layers --destination layers

FROM eclipse-temurin:25-jre
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin batchgate
WORKDIR /app
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
# The store; mount a volume here, or it ends with the container. No VOLUME: Railway refuses it.
RUN mkdir /data && chown 10001:10001 /data
# By number, so that Kubernetes' runAsNonRoot can tell.
USER 10001:10001
ENV PORT=8080 BATCHGATE_STORE_PATH=/data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${PORT:-8080} && printf 'GET /actuator/health/liveness HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
# Exec form, so that SIGTERM reaches the JVM. Further flags go into JAVA_TOOL_OPTIONS. Out of memory, nobody knows what works on;
# started again, it goes on from its store.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-XX:+UseParallelGC", "-Xmn32m", "-XX:+ExitOnOutOfMemoryError", "-jar", "batchgate.jar"]
